/** Asks at the terminal for inputs that nobody gave. Without a terminal nothing is asked, and reading the pipeline complains about them. */
import { createInterface } from 'node:readline/promises'
import { type Readable, Writable } from 'node:stream'
import { checkAnswer, type InputSpec } from '../../expr/input.ts'
import type { AskedInput } from '../../pipeline/inputs.ts'
import type { World } from '../world.ts'

export async function askInputs(missing: readonly AskedInput[], o: { readonly ask?: boolean }, world: World): Promise<readonly string[]> {
  const input: Readable & { readonly isTTY?: boolean } = world.stdin()
  if (o.ask === false || input.isTTY !== true || world.stderr.columns === undefined) return []
  const lines = createInterface({ input, output: toWriter(world), terminal: true })
  lines.on('SIGINT', () => world.interrupt())
  const ask = (text: string): Promise<string> => lines.question(text, { signal: world.signal })
  try {
    const answers: string[] = []
    for (const one of missing) answers.push(`${one.path}=${await askOne(one, ask)}`)
    return answers
  } finally {
    lines.close()
  }
}

async function askOne({ path, input, type }: AskedInput, ask: (text: string) => Promise<string>): Promise<string> {
  const wanted = [...(type === 'Secret' ? ['the name of a secret'] : type === undefined ? [] : [type]), ...limits(input)]
  const text = `? ${path}${wanted.length === 0 ? '' : ` (${wanted.join('; ')})`} > `
  let complaint = ''
  for (;;) {
    const answer = (await ask(`${complaint}${text}`)).trim()
    const refused = answer === '' ? undefined : checkAnswer(input, answer)
    if (answer !== '' && refused === undefined) return answer
    complaint = `  ${refused?.diagnostic.message ?? 'a value is needed; Ctrl-C gives up'}\n`
  }
}

function limits({ allowed, selectOne, selectMany, regex }: InputSpec): readonly string[] {
  const one = allowed ?? selectOne
  return [
    ...(one === undefined ? [] : [`one of: ${one.join(', ')}`]),
    ...(selectMany === undefined ? [] : [`some of: ${selectMany.join(', ')}`]),
    ...(regex === undefined ? [] : [`like ${regex}`]),
  ]
}

function toWriter({ stderr }: World): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      void Promise.resolve(stderr.write(text)).then(() => done())
    },
  })
}
