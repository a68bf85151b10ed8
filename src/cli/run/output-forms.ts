/** `--output FORM`, or `--output FORM=FILE` beside what the terminal shows. */
import { InvalidArgumentError, Option } from 'commander'

const onScreen = ['auto', 'plain', 'ndjson', 'junit'] as const
const inFiles = ['plain', 'ndjson', 'junit'] as const

export interface Loudness {
  readonly quiet?: boolean
  readonly verbose?: boolean
}

export type ScreenForm = (typeof onScreen)[number]
export type FileForm = (typeof inFiles)[number]

export interface OutputForms {
  readonly screen: ScreenForm
  readonly files: readonly { readonly form: FileForm; readonly file: string }[]
}

export const usualOutput: OutputForms = { screen: 'auto', files: [] }

/** Commander's way of reading an option that may be repeated. */
export function outputForms(text: string, before: OutputForms = usualOutput): OutputForms {
  const [form = '', ...rest] = text.split('=')
  const file = rest.join('=')
  const screen = onScreen.find((known) => known === text)
  if (screen !== undefined) return { ...before, screen }
  const known = inFiles.find((one) => one === form)
  if (known === undefined || file === '') throw new InvalidArgumentError(`Known are ${onScreen.join(', ')}, and ${inFiles.join(', ')} with =FILE.`)
  return { ...before, files: [...before.files, { form: known, file }] }
}

/** What a program is to read stays what it is. */
export function screenFor(form: ScreenForm, { quiet, verbose }: Loudness): ScreenForm | 'quiet' {
  if (form === 'ndjson' || form === 'junit') return form
  if (quiet === true) return 'quiet'
  return verbose === true ? 'plain' : form
}

export const quietOption = (): Option => new Option('-q, --quiet', 'show errors and the closing words only').conflicts('verbose')

export const verboseOption = (): Option =>
  new Option('-v, --verbose', 'show the plan and its reasons first, lines instead of the live tree, hints that are no warnings, which credentials are chosen')
