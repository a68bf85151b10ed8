/** ONBUILD: an instruction that waits until the image is the base of another build. */
import { diagnose } from '../../base/diagnostic.ts'
import { readFlags } from '../read-flags.ts'
import { splitInstruction } from '../split-instruction.ts'
import type { Instruction } from './instruction.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface Onbuild extends Common<'onbuild'> {
  /** As it is stored in the image: the text behind ONBUILD, here-documents included. */
  readonly expression: string
  readonly trigger: Instruction
}

const forbidden = ['ONBUILD', 'FROM', 'MAINTAINER']

/** `read` reads any instruction; handed in because ONBUILD is itself one of them. */
export function readOnbuild(request: Request, read: (request: Request) => Instruction | undefined): Onbuild | undefined {
  readFlags(request, {})
  if (request.rest.text === '') return wrongArguments(request, 'an instruction')
  const { keyword, flags, rest } = splitInstruction(request.rest)
  if (forbidden.includes(keyword.text.toUpperCase())) {
    request.report(diagnose('DOCKERFILE_ONBUILD_FORBIDDEN', { instruction: keyword.text.toUpperCase() }, { at: keyword.at }))
    return undefined
  }
  const trigger = read({ ...request, keyword, flags, rest, source: request.rest.text })
  const documents = request.heredocs.map((doc) => `\n${doc.content}${doc.name}`).join('')
  return trigger && { ...common('onbuild', request), expression: request.rest.text + documents, trigger }
}
