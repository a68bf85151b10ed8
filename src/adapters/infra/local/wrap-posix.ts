/** The wrapper of sh and bash. It owns the exit trap: a script that ends early, also by `exit`, still hands its variables over. */
import type { ScriptOf } from './step-script.ts'

export function posixWrapper(o: ScriptOf): string {
  const source = `set -e\n. '${o.folder}/script'\n`
  return o.outputs.length === 0 ? source : `${exportTrap(o)}${source}__slipway_outputs\n`
}

/** A script with an exit trap of its own takes the wrapper's place; so its trap is made to do both, and sees the exit code all the same. Aliases reach dash, functions bash. */
function exportTrap({ outputs, folder }: ScriptOf): string {
  const lines = outputs.map((name) => `  if [ -n "\${${name}+x}" ]; then printf '%s' "\${${name}}" > '${folder}/out.${name}'; fi`)
  return `__slipway_outputs() {
${lines.join('\n')}
}
__slipway_trap() {
  case "$#:\${1-}" in 0:* | 1:* | *:-?*) command trap "$@"; return ;; esac
  __slipway_action=$1
  shift
  for __slipway_signal in "$@"; do
    case "$__slipway_action:$__slipway_signal" in
    -:0 | -:EXIT) command trap __slipway_outputs EXIT ;;
    *:0 | *:EXIT)
      __slipway_at_exit=$__slipway_action
      command trap '__slipway_status=$?; __slipway_outputs
if [ $__slipway_status = 0 ]; then eval "$__slipway_at_exit"; else (exit $__slipway_status) || eval "$__slipway_at_exit"; fi' EXIT ;;
    *) command trap "$__slipway_action" "$__slipway_signal" ;;
    esac
  done
}
if [ -n "\${BASH_VERSION-}" ]; then eval 'trap() { __slipway_trap "$@"; }'; else alias trap=__slipway_trap; fi
command trap __slipway_outputs EXIT
`
}
