/** The door for what the engine says about containers and volumes: only the fields that are used. */
import * as v from 'valibot'
import { parsed } from './schema.ts'
import type { Labelled } from './volumes.ts'

const text = v.string()
const labels = v.nullish(v.record(text, text), {})
const made = v.object({ Id: text })
const waited = v.object({ StatusCode: v.number() })
const exec = v.object({ ExitCode: v.nullish(v.number()), Running: v.boolean() })
const containers = v.array(v.object({ Id: text, Labels: labels }))
const images = v.array(v.object({ Id: text, Labels: labels }))
const volumes = v.object({ Volumes: v.nullish(v.array(v.object({ Name: text, Labels: labels })), []) })
const inspected = v.object({
  State: v.object({ Running: v.boolean(), ExitCode: v.number(), OOMKilled: v.nullish(v.boolean(), false), Error: v.nullish(text, '') }),
})
const networks = v.array(v.object({ Name: text }))

export interface ContainerState {
  readonly running: boolean
  readonly exitCode: number
  /** The kernel ended something in it for want of memory. */
  readonly outOfMemory: boolean
}

export const parseMade = (json: unknown, engine: string): string => parsed(made, json, engine).Id
export const parseWaited = (json: unknown, engine: string): number => parsed(waited, json, engine).StatusCode
export const parseExec = (json: unknown, engine: string): number => parsed(exec, json, engine).ExitCode ?? 0
export const parseNetworks = (json: unknown, engine: string): readonly string[] => parsed(networks, json, engine).map(({ Name }) => Name)

export function parseState(json: unknown, engine: string): ContainerState {
  const { State } = parsed(inspected, json, engine)
  return { running: State.Running, exitCode: State.ExitCode, outOfMemory: State.OOMKilled ?? false }
}

export function parseContainers(json: unknown, engine: string): readonly Labelled[] {
  return parsed(containers, json, engine).map(({ Id, Labels }) => ({ id: Id, labels: Labels ?? {} }))
}

export function parseLabelledImages(json: unknown, engine: string): readonly Labelled[] {
  return parsed(images, json, engine).map(({ Id, Labels }) => ({ id: Id, labels: Labels ?? {} }))
}

export function parseVolumes(json: unknown, engine: string): readonly Labelled[] {
  return (parsed(volumes, json, engine).Volumes ?? []).map(({ Name, Labels }) => ({ id: Name, labels: Labels ?? {} }))
}
