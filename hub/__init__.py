"""The race hub: reads from timing readers in, the right runner on the right screens out."""

__version__ = "0.1.0"
