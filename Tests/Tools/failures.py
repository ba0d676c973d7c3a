"""What a script has checked, told line by line, and what of it does not hold."""


class Failures(list):
    def expect(self, holds, what):
        print(("ok    " if holds else "FAILS ") + what, flush=True)
        if not holds:
            self.append(what)
