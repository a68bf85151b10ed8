/** Secrets of a whole run: nothing that is recorded shows them. */
import { describe, expect, it } from 'vitest'
import { type RunOptions, runText } from '../../test/support/run-text.ts'
import { mask } from './masks.ts'

interface Step {
  readonly id: string
  readonly env: Readonly<Record<string, string>>
  readonly outputs?: Readonly<Record<string, 'Secret' | 'String'>>
}

function run(steps: readonly Step[], o: RunOptions = {}) {
  const text = JSON.stringify({
    pipeline: {
      identifier: 'p',
      name: 'p',
      stages: [
        {
          stage: {
            identifier: 's',
            name: 's',
            type: 'CI',
            spec: {
              cloneCodebase: false,
              platform: { os: 'Linux', arch: 'Amd64' },
              runtime: { type: 'Cloud', spec: {} },
              execution: {
                steps: steps.map(({ id, env, outputs = {} }) => ({
                  step: {
                    identifier: id,
                    name: id,
                    type: 'Run',
                    spec: {
                      shell: 'Sh',
                      command: 'true',
                      envVariables: env,
                      outputVariables: Object.entries(outputs).map(([name, type]) => ({ name, value: name, type })),
                    },
                  },
                })),
              },
            },
          },
        },
      ],
    },
  })
  return runText(text, o)
}

const notes = async (ran: ReturnType<typeof run>) =>
  (await ran).recorded.flatMap(({ event }) => (event.kind === 'step.note' ? [`${event.step} ${event.note.code}`] : []))

describe('secrets of a run', () => {
  it('that a step puts out are masked in what later steps say, however they spell it', async () => {
    const value = 'made in a step'
    const { recorded } = await run([
      { id: 'a', env: { FAKE_OUT_TOKEN: value }, outputs: { TOKEN: 'Secret' } },
      { id: 'b', env: { FAKE_OUTPUT: `<+steps.a.output.outputVariables.TOKEN> ${encodeURIComponent(value)} ${Buffer.from(`x${value}`).toString('base64')}` } },
    ])
    const said = recorded.flatMap(({ event }) => (event.kind === 'step.output' ? [event.text] : [])).join('')
    expect(said.split(mask).length - 1).toBe(3)
    expect(JSON.stringify(recorded)).not.toMatch(/made(?: |%20)in/)
  })

  it('that a step puts out are recorded by name only, also where they are too short to be masked elsewhere', async () => {
    const { recorded } = await run([{ id: 'a', env: { FAKE_OUT_PIN: '42', FAKE_OUT_OPEN: 'told' }, outputs: { PIN: 'Secret', OPEN: 'String' } }])
    expect(recorded.find(({ event }) => event.kind === 'step.outputs')?.event).toMatchObject({
      outputs: [
        { name: 'PIN', value: mask, secret: true },
        { name: 'OPEN', value: 'told', secret: false },
      ],
    })
  })

  it('are warned of once when they are too short to be masked', async () => {
    const env = { A: '<+secrets.getValue("pin")>', B: '<+secrets.getValue("pin")>' }
    const two = [
      { id: 'a', env },
      { id: 'b', env },
    ]
    expect(await notes(run(two, { secrets: { pin: '007' } }))).toEqual(['s/a SECRET_SHORT'])
    expect(await notes(run(two, { secrets: { pin: '0070' } }))).toEqual([])
  })
})
