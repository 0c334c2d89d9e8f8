"""What a Dask worker needs to have kernels forked while a sweep lasts; a module of its own, as Dask is optional."""

from contextlib import ExitStack

from distributed import Worker, WorkerPlugin

from compendium.run import execution, kernels


class Forking(WorkerPlugin):
    """The fork server of a worker; a later sweep, of other code perhaps, takes the place of one that was killed."""

    name = "compendium"

    def setup(self, worker: Worker) -> None:
        """Start the fork server."""
        self.stack = ExitStack()
        self.stack.enter_context(kernels.fork_server(execution.environment()))

    def teardown(self, worker: Worker) -> None:
        """End it, and with it a kernel that is still at work."""
        self.stack.close()
