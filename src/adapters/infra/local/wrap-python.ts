/** The wrapper of Python. Outputs are environment variables, as in the original, or variables of the script; also after `exit()` and exceptions. */
import type { ScriptOf } from './step-script.ts'

export function pythonWrapper({ outputs, folder }: ScriptOf): string {
  return `import atexit as _atexit, os as _os, sys as _sys

_before = dict(_os.environ)
_script = ${JSON.stringify(`${folder}/script.py`)}
_scope = {'__name__': '__main__', '__file__': _script, '__builtins__': __builtins__}


def _value(name):
    told = _os.environ.get(name)
    own = _scope.get(name)
    if told != _before.get(name) or not isinstance(own, (str, int, float)):
        return told
    return str(own)


def _hand_over():
    for name in ${JSON.stringify(outputs)}:
        value = _value(name)
        if value is not None:
            with open(${JSON.stringify(`${folder}/out.`)} + name, 'w', encoding='utf-8', errors='surrogateescape', newline='') as file:
                file.write(value)


def _complain(kind, error, trace):
    _sys.__excepthook__(kind, error.with_traceback(trace.tb_next), trace.tb_next)


_atexit.register(_hand_over)
_sys.excepthook = _complain
_sys.argv = [_script]
_sys.path[0] = ''
with open(_script, encoding='utf-8') as _file:
    _text = _file.read()
_code = compile(_text, _script, 'exec')
exec(_code, _scope)
`
}
