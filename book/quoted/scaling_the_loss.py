"""The numbers that the chapter on scaling the loss quotes."""

from book.quoted import costs
from book.quoted.svm_on_mnist import path_ends


def numbers():
    return {"separated": path_ends()["separated"], **costs("scaling-the-loss")}
