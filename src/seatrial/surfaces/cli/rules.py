"""`seatrial rules`: the list of all rules."""

import click


@click.command("rules", short_help="List all rules.")
@click.option("--json", "as_json", is_flag=True, help="The whole list with pages, as JSON.")
def command(*, as_json: bool) -> None:
    """List all rules by the quality that they keep. `explain RULE` says more of one."""
    import msgspec  # noqa: PLC0415 - `--help` needs it not

    from seatrial.app import catalogue  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._output import emit  # noqa: PLC0415 - as above

    rules = catalogue.rules()
    if as_json:
        emit(msgspec.json.format(msgspec.json.encode(rules)).decode() + "\n")
        return
    width = max((len(rule.id) for rule in rules), default=0)
    quality = ""
    for rule in rules:
        if rule.quality != quality:
            emit(f"\n{rule.quality}\n" if quality else f"{rule.quality}\n")
            quality = rule.quality
        emit(f"  {rule.id:{width}}  {rule.severity:7}  {rule.sentence}\n")
