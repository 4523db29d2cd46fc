"""The Flask-bound singletons."""

from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_wtf import CSRFProtect

babel = Babel()
bootstrap = Bootstrap5()
csrf = CSRFProtect()
login = LoginManager()
#: A session's row says whether it holds; the address of a telephone changes on the way.
login.session_protection = None
