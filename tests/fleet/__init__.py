"""A fleet of real processes for tests: webs and workers over one database, a mail server, and a browser before them.

Each web and each worker has a data folder of its own, as on a machine of its own; what machines share is the database,
the queue, the folder of files and the keys. A process can be killed, stopped for a while, ended and started again.
"""
