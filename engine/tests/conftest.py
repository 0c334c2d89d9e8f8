from sessions import *
from small_project import accepted as accepted
from small_project import project as project
from small_project import shared as shared
