import os


def fine():
    return os.getcwd()


def broken(:
    x = = 3


class AlsoFine:
    def method(self):
        return 1
