"""The web service as a server loads it: `gunicorn fundapp.wsgi:app`."""

import gc

from config import Settings
from fundapp import logs
from fundapp.app import create_app

settings = Settings.from_environment()
logs.install(settings.log_format, settings.log_level)
app = create_app(settings)

# What was made until here lives as long as the process. Unless it is set aside, the collector looks through all of it
# again and again, and whoever asks for a page at that moment waits a twentieth of a second longer.
gc.collect()
gc.freeze()
