/** A value from standard input: typed without being shown on a terminal, else the whole of what is piped in, less one line break at its end. */
import type { Readable } from 'node:stream'
import type { World } from './world.ts'

interface Terminal extends Readable {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

const [interrupt, endOfInput, enter, lineFeed, backspace, erase] = ['\u0003', '\u0004', '\r', '\n', '\b', '\u007f']

export async function readHidden(prompt: string, world: World): Promise<string> {
  const input = world.stdin() as Terminal
  return input.isTTY === true && input.setRawMode !== undefined ? typed(prompt, input, world) : piped(input, world)
}

async function piped(input: Readable, { signal }: World): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of input.iterator({ destroyOnReturn: false })) {
    signal.throwIfAborted()
    chunks.push(Buffer.from(chunk as Buffer))
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

async function typed(prompt: string, input: Terminal, world: World): Promise<string> {
  await world.stderr.write(prompt)
  input.setRawMode?.(true)
  try {
    return await new Promise<string>((resolve, reject) => {
      let text = ''
      input.setEncoding('utf8').on('data', (keys: string) => {
        for (const key of keys) {
          if (key === enter || key === lineFeed || key === endOfInput) return resolve(text)
          if (key === interrupt) return reject(new Error('interrupted'))
          text = key === backspace || key === erase ? text.slice(0, -1) : text + key
        }
      })
    })
  } finally {
    input.setRawMode?.(false)
    input.pause()
    input.removeAllListeners('data')
    await world.stderr.write('\n')
  }
}
