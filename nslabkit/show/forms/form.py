"""The life of a form: it follows the kernel, checks, runs and tells how it went."""

from __future__ import annotations

import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import InvalidValueError, NslabError, own_fault
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.live import watcher
from nslabkit.show.forms import cell_running
from nslabkit.show.forms.controls import Control, Controls
from nslabkit.show.forms.plan import Job

if TYPE_CHECKING:
    from typing import Self

    from nslabkit.live.model import Model
    from nslabkit.show.forms.plan import FormPlan
    from nslabkit.show.lab_recording import LabRecording
    from nslabkit.show.topology.acts import Commands

_PATIENCE = 10.0  # seconds until a list offers what was made just now
_MOMENT = 1.0  # seconds until the kernel's word of a removal is surely here
_SHOW_AFTER = 0.3  # seconds after which what is under way is shown as such
_TICK = 0.2  # seconds between two steps of the progress bar
_NEARLY = 0.95  # where the bar waits for what takes longer than thought


class Form:
    """A form that does one kind of thing; show it by naming it last in a cell.

    Attributes
    ----------
    recording : LabRecording or None
        What the form `capture` recorded last.
    """

    def __init__(self, plan: FormPlan) -> None:
        self.recording: LabRecording | None = None
        self._plan = plan
        self._lock = threading.RLock()
        self._job: Job | None = None
        self._idle = threading.Event()
        self._idle.set()
        self._lines = ""
        self._said = ""
        self._error: NslabError | None = None
        self._fault = ""  # the traceback of what nobody foresaw
        self._offering = False
        self._controls = {field.name: Control(field, self._typed) for field in plan.fields}
        self._page = Controls(plan.title(), list(self._controls.values()))
        self._page.run.on_click(lambda _button: self._clicked())
        self._page.cancel.on_click(lambda _button: self.cancel())
        self._model = watcher.shared().snapshot()
        self._unsubscribe = watcher.shared().subscribe(self._follow)
        self._follow(watcher.shared().snapshot())
        cell_running.tell(self)

    # ------------------------------------------------------------------ for cells and tests
    def fill(self, **fields: str) -> Self:
        """Put values into the fields, as a click or the keyboard would.

        Raises
        ------
        InvalidValueError
            There is no such field, or the list does not offer that.
        """
        for name, value in fields.items():
            control = self._controls.get(name)
            if control is None:
                raise self._refused(
                    _("This form has no field called {name}. It has: {names}.").format(
                        name=name, names=enumeration(self._controls)
                    )
                )
            self._wait_for_choice(control, value)
            control.value = value
        return self

    def run(self) -> Self:
        """Run it, as a click on the button would, and wait for it to end.

        Raises
        ------
        InvalidValueError
            A field is not valid as it is.
        NslabError
            What the kernel refused, or a bug in the kit.
        """
        self._wait_until_right()
        wrong = self._wrong()
        if wrong is not None:
            raise self._refused(wrong)
        self._start()
        self._idle.wait()
        if self._error is not None:
            raise self._error
        return self

    def cancel(self) -> None:
        """Cancel what is running; what it has done so far is kept."""
        job = self._job
        if job is not None:
            job.cancel()

    def close(self) -> None:
        """Stop following the kernel; the form stays on the page and does nothing."""
        self.cancel()
        self._unsubscribe()
        self._page.box.close()

    @property
    def commands(self) -> Commands | None:
        """What would be run now, in a shell and in Python; None while a field is not valid."""
        return None if self._wrong() else self._plan.commands(self._values())

    @property
    def said(self) -> str:
        """How the last run went, one sentence; "" before the first."""
        return self._said

    @property
    def reasons(self) -> dict[str, str]:
        """Why fields are not valid as they are, by name."""
        return self._reasons()

    def __repr__(self) -> str:
        """Return the form in a line, for where no widgets can be shown."""
        fields = ", ".join(f"{name}={value!r}" for name, value in self._values().items())
        return f"{self._plan.title()}: {fields}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - IPython's signature
        bundle = dict(self._page.box._repr_mimebundle_(**kwargs) or {})
        return bundle | {"text/plain": repr(self)}

    def cell_changed(self) -> None:
        """Say beside the button whether a click would wait."""
        text = _("A cell is running: your click takes effect when it ends.")
        wait = text if cell_running.clicks_wait() else ""
        if self._page.wait.value != wait:
            self._page.wait.value = wait

    # ------------------------------------------------------------------------- what changes
    def _follow(self, model: Model) -> None:
        """Offer what is there now; in the watcher's thread."""
        with self._lock:
            self._model = model
            self._refresh(choose=False)

    def _typed(self) -> None:
        with self._lock:
            if not self._offering:
                self._refresh()

    def _refresh(self, *, choose: bool = True) -> None:
        self._offering = True  # what is set here is no typing
        try:
            for control in self._controls.values():
                if control.field.choices is not None:
                    choices = control.field.choices(self._model, self._values())
                    control.offer(choices, choose=choose)
        finally:
            self._offering = False
        values, reasons = self._values(), self._reasons()
        for name, control in self._controls.items():
            control.say(reasons.get(name), wanted=control.field.wanted(values))
        self._page.show_commands(None if reasons else self._plan.commands(values))
        self._page.run.disabled = bool(reasons) or not self._idle.is_set()
        if self._model["problem"]:
            self._page.say(self._model["problem"])

    def _values(self) -> dict[str, str]:
        return {name: control.value for name, control in self._controls.items()}

    def _reasons(self, model: Model | None = None) -> dict[str, str]:
        """Return why fields cannot be as they are; by what was known last, or by `model`."""
        values = self._values()
        reasons = {}
        for name, control in self._controls.items():
            field = control.field
            if not field.wanted(values):
                continue
            reason = control.missing
            if reason is None and field.wrong is not None:
                reason = field.wrong(values, model or self._model)
            if reason is not None:
                reasons[name] = reason
        return reasons

    def _wrong(self) -> str | None:
        with self._lock:
            return next(iter(self._reasons().values()), None)

    def _refused(self, reason: str) -> InvalidValueError:
        tried = f"lab.forms.{self._plan.name}()"
        return InvalidValueError(tried, reason, _("Correct the field, then run it again."))

    def _wait_until_right(self) -> None:
        """Wait where a field is wrong: what a shell removed just now is known a moment later."""
        if self._wrong() is not None:
            model = watcher.shared().wait_for(lambda model: not self._reasons(model), _MOMENT)
            if model is not None:
                self._follow(model)

    def _wait_for_choice(self, control: Control, value: str) -> None:
        """Wait until a list offers `value`: what was made just now comes a moment later."""
        if control.field.kind != "choice":
            return
        choices = control.field.choices
        assert choices is not None
        model = watcher.shared().wait_for(
            lambda model: value in [one for _text, one in choices(model, self._values())],
            _PATIENCE,
        )
        if model is None:
            raise self._refused(
                _("The list does not offer {value}. It offers: {choices}.").format(
                    value=value, choices=enumeration(text for text, _one in control.widget.options)
                )
            )
        self._follow(model)

    # --------------------------------------------------------------------------- what is run
    def _clicked(self) -> None:
        if self._wrong() is None:
            self._start()

    def _start(self) -> None:
        with self._lock:
            if not self._idle.is_set():  # a second click while it runs
                return
            self._idle.clear()
            self._lines, self._error, self._said, self._fault = "", None, "", ""
            job = self._job = Job(self._show, self._keep)
            self._page.run.disabled = True
            self._page.result.value = ""
            values = self._values()
        for target in (self._work, self._tick):
            threading.Thread(None, target, "nslabkit-form", (values, job), daemon=True).start()

    def _work(self, values: dict[str, str], job: Job) -> None:
        recorded = ""
        try:
            said = self._plan.work(values, job)
            commands = "; ".join(self._plan.commands(values).ip.splitlines())
            recorded = "" if self.recording is None else self.recording._repr_html_()
            self._said = f"{said} {commands}" if self._plan.seconds is None else said
        except NslabError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 - told in its place, and logged
            self._error = own_fault(f"lab.forms.{self._plan.name}()", error)
            self._fault = "".join(traceback.format_exception(error))
        if self._error is not None:
            self._said = self._error.reason
        self._end(recorded)

    def _end(self, recorded: str) -> None:
        with self._lock:
            self._job = None
            self._page.under_way(shown=False)
            if self._error is not None:
                self._page.say_error(self._error, self._lines, self._fault)
            else:
                self._page.say(self._said, self._lines, recorded)
                for name in self._plan.clears:
                    self._controls[name].value = ""
            self._idle.set()
            self._refresh(choose=False)

    def _tick(self, values: dict[str, str], job: Job) -> None:
        """Show how far it is, where it takes longer than a moment."""
        begun = time.monotonic()
        if self._idle.wait(_SHOW_AFTER):
            return
        seconds = None if self._plan.seconds is None else self._plan.seconds(values)
        with self._lock:
            if self._job is job:
                self._page.under_way(shown=True, cancel=seconds is not None)
        while self._job is job:
            share = _NEARLY if not seconds else (time.monotonic() - begun) / seconds
            self._page.progress.value = min(_NEARLY, share)
            self._idle.wait(_TICK)

    def _show(self, line: str) -> None:
        with self._lock:
            self._lines += line if line.endswith("\n") else f"{line}\n"
            self._page.say("", self._lines)

    def _keep(self, recording: LabRecording) -> None:
        self.recording = recording
