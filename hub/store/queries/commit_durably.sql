-- What is committed on this connection stays, also where the server's own setting lets a commit be lost in a crash.
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
