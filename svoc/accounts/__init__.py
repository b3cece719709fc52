"""What a council owes a person: an account of what it holds, and that it is put right, erased or left unused."""

from svoc.accounts.access import account
from svoc.accounts.erasure import ACCOUNTS, Erasure, erase, finish
from svoc.accounts.objection import answer, object_to
from svoc.accounts.rectification import rectify, take_back
from svoc.accounts.restriction import free, restrict
from svoc.accounts.retention import let_go
from svoc.accounts.subject import Subject, subject_of

__all__ = [
    "ACCOUNTS",
    "Erasure",
    "Subject",
    "account",
    "answer",
    "erase",
    "finish",
    "free",
    "let_go",
    "object_to",
    "rectify",
    "restrict",
    "subject_of",
    "take_back",
]
