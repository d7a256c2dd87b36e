"""Trials: what the running program shows of a suspicion, in counts and states that can be brought about again."""
