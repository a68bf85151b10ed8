/** `sharedPaths`: folders that all steps of a stage or group see, beside the workspace. */
import { list } from '../yaml/shape/collections.ts'
import { anyOf } from '../yaml/shape/combine.ts'
import { text } from '../yaml/shape/text.ts'

const sharedPath = text({ pattern: /\/.*|.*<\+.*/, patternName: 'an absolute path (it begins with "/")' })
const expression = text({ pattern: /.*<\+.*/, patternName: 'a list of absolute paths' })

export const sharedPaths = anyOf({ seq: list(sharedPath), scalar: expression }, { doc: 'Folders that survive between steps, beside the workspace.' })
