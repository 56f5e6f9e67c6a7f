"""The numbers that the appendix on the path of SVMs quotes: what it costs to run."""

from book.quoted import costs


def numbers():
    return costs("svm-path")
