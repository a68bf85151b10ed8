/** HEALTHCHECK: how to find out whether a container still works. */
import { diagnose } from '../../base/diagnostic.ts'
import { parseDuration } from '../duration.ts'
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface Healthcheck extends Common<'healthcheck'> {
  /** NONE switches off the check of the base image. */
  readonly check: { readonly kind: 'none' } | ({ readonly kind: 'cmd'; readonly command: CommandLine } & HealthTimes)
}

/** Durations in nanoseconds; 0: the default of whoever runs the container. */
export interface HealthTimes {
  readonly interval: number
  readonly timeout: number
  readonly startPeriod: number
  readonly startInterval: number
  readonly retries: number
}

const flags = { interval: 'text', timeout: 'text', 'start-period': 'text', 'start-interval': 'text', retries: 'text' } as const
const shortest = 1_000_000

export function readHealthcheck(request: Request): Healthcheck | undefined {
  const kind = /^\S*/.exec(request.rest.text)?.[0] ?? ''
  const rest = request.rest.slice(kind.length).trim()
  if (kind === '') return wrongArguments(request, 'CMD or NONE')
  if (kind.toUpperCase() === 'NONE') {
    if (rest.text !== '') return invalid(request, 'NONE takes no arguments')
    return { ...common('healthcheck', request), check: { kind: 'none' } }
  }
  const times = readTimes(request)
  if (kind.toUpperCase() !== 'CMD') return invalid(request, `"${kind}" is neither CMD nor NONE`)
  const command = readCommandLine(request, rest)
  if (command === undefined) return undefined
  if (command.kind === 'exec' ? command.args.length === 0 : command.line === undefined) return invalid(request, 'the command is missing')
  return { ...common('healthcheck', request), check: { kind: 'cmd', command, ...times } }
}

function readTimes(request: Request): HealthTimes {
  const given = readFlags(request, flags)
  const time = (flag: keyof typeof flags): number => duration(request, flag, given[flag])
  return {
    interval: time('interval'),
    timeout: time('timeout'),
    startPeriod: time('start-period'),
    startInterval: time('start-interval'),
    retries: retries(request, given.retries),
  }
}

function duration(request: Request, flag: string, word: Word | undefined): number {
  if (word === undefined || word.text === '') return 0
  const value = parseDuration(word.text)
  if (value !== undefined && (value === 0 || value >= shortest)) return value
  const reason = value === undefined ? 'it is no duration such as 30s or 1m30s' : 'it is shorter than 1ms'
  request.report(diagnose('DOCKERFILE_FLAG_INVALID', { flag, value: word.text, reason }, { at: word.at }))
  return 0
}

function retries(request: Request, word: Word | undefined): number {
  if (word === undefined || word.text === '') return 0
  if (/^\+?\d{1,10}$/.test(word.text) && Number(word.text) <= 0x7fff_ffff) return Number(word.text)
  request.report(diagnose('DOCKERFILE_FLAG_INVALID', { flag: 'retries', value: word.text, reason: 'it is no count from 0 on' }, { at: word.at }))
  return 0
}

function invalid(request: Request, reason: string): undefined {
  request.report(diagnose('DOCKERFILE_HEALTHCHECK_INVALID', { reason }, { at: request.at }))
  return undefined
}
