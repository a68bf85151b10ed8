/**
 * What lets a step begin, as a shell sees it beside the containers. A runner may die at any line of it, and so may the shell, and the next runner asks
 * the same again, perhaps while the first shell is still at it. So:
 *
 *   all bytes are there, or nothing was sent   counted before anything is unpacked
 *   a file is the whole file                   unpacked aside, and put in place by its name; the request last
 *   a step begins once                         the launcher reads `go` once, and says so in `started`; a second `go` is heard by nobody
 *   nobody waits for a reader for ever         a pipe that is opened for both ways does not block, and keeps what is in it while it is open
 *   whoever has an answer knows                it comes when the step has begun
 *   all that comes is read                     nodes wait without end for who leaves some of it
 */

/** Which step the container is for, and which of all that were begun it is: `3 build/test`. */
export const beginningFile = 'for'

/** Arguments: bytes of the archive, nothing, the container, and for a process beside its step the folder below the container's own. */
export function beginScript(root: string): string {
  const lines = [
    `d=${root}/$3; to=$d$\{4:+/$4}; in=$d/in.$$`,
    'if [ -n "$4" ]; then mark=$to/request; else mark=$d/started; fi',
    '[ ! -e "$mark" ] || { head -c "$1" > /dev/null; exit 0; }',
    'rm -rf "$in" && mkdir -p "$to" "$in" || { head -c "$1" > /dev/null; exit 1; }',
    'head -c "$1" | { cat > "$in/tar"; cat > /dev/null; }',
    '[ "$(wc -c < "$in/tar")" -eq "$1" ] || { rm -rf "$in"; echo "only a part has come"; exit 1; }',
    'mkdir "$in/files" && tar -x -f "$in/tar" -C "$in/files" || exit 1',
    'for file in "$in"/files/*; do case $file in */request) ;; *) mv -f "$file" "$to/" || exit 1 ;; esac; done',
    'mv -f "$in/files/request" "$to/request" || exit 1',
    'rm -rf "$in"',
    '[ -z "$4" ] || exit 0',
    'exec 3<> "$d/go" && echo >&3 && i=0 || exit 1',
    'while [ ! -e "$mark" ]; do i=$((i+1)); [ $i -le 1500 ] || { echo "its container does not begin"; exit 1; }; sleep 0.02 2> /dev/null || sleep 1; done',
  ]
  return lines.join('\n')
}

/** One line for each container that got the files of a step: its name, whether the step began, and what the file says. */
export function begunScript(root: string): string {
  return `cd ${root} && for file in */${beginningFile}; do [ -e "$file" ] || continue; d=\${file%/*}; if [ -e "$d/started" ]; then s=begun; else s=waits; fi; echo "$d $s $(cat "$file")"; done`
}

export interface Beginning {
  readonly container: string
  /** The program of the container has heard that it may go. */
  readonly begun: boolean
  readonly order: number
  readonly step: string
}

export function readBeginnings(said: string): readonly Beginning[] {
  return said.split('\n').flatMap((line) => {
    const [, container = '', how, order, step = ''] = /^(\S+) (begun|waits) (\d+) (.+)$/.exec(line) ?? []
    return how === undefined ? [] : [{ container, begun: how === 'begun', order: Number(order), step }]
  })
}
