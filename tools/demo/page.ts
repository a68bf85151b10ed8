/** The page of the demo's runs: looked at as a browser would, and left open where somebody sits at a terminal. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { root } from '../support/root.ts'
import { programArguments } from './slipway.ts'

interface ListedRun {
  readonly run: string
  readonly sequenceId: number
  readonly status: string
}

/** Answers an exit code. */
export async function showPage(home: string): Promise<number> {
  console.log('\n$ slipway serve')
  const [program = '', ...args] = programArguments('serve', '--listen', '127.0.0.1:0')
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SLIPWAY_HOME: home } })
  const end = (): void => void child.kill('SIGTERM')
  process.on('exit', end)
  const exited = once(child, 'exit')
  try {
    const url = await addressOf(child.stdout)
    const failure = url === undefined ? 'the server has said no address' : await look(url)
    if (failure !== undefined) {
      console.log(`\nthe page is not as it should be: ${failure}`)
      return 1
    }
    if (process.stdin.isTTY && process.stdout.isTTY && process.env['CI'] === undefined) {
      console.log(`\nOpen ${url} in a browser. Ctrl-C ends the demo and takes all of it away.`)
      await Promise.race([once(process, 'SIGINT'), exited])
    }
    return 0
  } finally {
    process.off('exit', end)
    end()
    await exited
  }
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface({ input: output })) {
    const url = /slipway at (http:\S+)/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  return undefined
}

/** What is wrong with it, if anything. */
async function look(url: string): Promise<string | undefined> {
  const page = await (await fetch(`${url}/`)).text()
  const script = /<script type="module" src="([^"]+)"/.exec(page)?.[1]
  if (script === undefined) return 'index.html names no script'
  const code = await fetch(new URL(script, url))
  if (!code.ok) return `${script} is answered with ${code.status}`
  const { runs } = (await (await fetch(`${url}/api/runs`)).json()) as { readonly runs: readonly ListedRun[] }
  if (runs.length < 2) return `it lists ${runs.length} runs`
  console.log(`the page answers, with ${runs.length} runs:`)
  for (const run of runs) console.log(`${url}/runs/${run.run}  #${run.sequenceId} ${run.status}`)
  return undefined
}
