"""What stands in this folder is proved by the tests that the engine has for every compendium."""

from compendium.proof import *
