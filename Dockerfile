# The two commands in a container, from the same requirements.lock. This file was checked by a linter, not built: docker
# was not at hand where it was written.
#   docker build -t compendium .
#   docker run --rm compendium               # make
#   docker run --rm compendium make test
FROM python:3.11-bookworm
RUN useradd --create-home --uid 1000 reader
USER 1000
WORKDIR /home/reader/compendium
COPY --chown=reader . .
RUN make .venv/.ready
CMD ["make"]
