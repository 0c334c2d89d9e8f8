__import__("compendium.show.fresh").show.fresh.start()  # PYTHONSTARTUP of the kernels of `compendium lab`
