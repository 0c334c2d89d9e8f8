from sessions import *
