/** The program that `exec` starts in the pod: standard input and output become the line. It is made there, for the runtime that is there. */

/** Small, so that it starts at once. */
export function bridgeText(runtime: string, socket: string): string {
  return `#!${runtime}
const line = require('node:net').connect(${JSON.stringify(socket)})
line.on('error', (error) => { process.stderr.write(error.message); process.exit(1) })
line.on('close', () => process.exit(0))
process.stdout.on('error', () => process.exit(0))
process.stdin.pipe(line)
line.pipe(process.stdout)
`
}
