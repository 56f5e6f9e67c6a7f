"""The numbers that the chapter on scaling the loss quotes: what it costs to run."""

from book.quoted import costs


def numbers():
    return costs("scaling-the-loss")
