/** Codes of what image steps deliver, and of what they write about it. */
import type { CodeEntry } from '../codes.ts'

export const deliveryCodes = {
  DELIVERY_FAILED: {
    severity: 'error',
    message: 'the image could not be delivered to {target}: {reason}',
    explain: 'The image was made, and bringing it to one of its targets failed. The other targets were tried all the same.',
  },
  REPORT_NOT_WRITTEN: {
    severity: 'warning',
    message: 'the {what} {file} could not be written: {reason}',
    hint: 'give a path in the workspace or in a folder that this user may write to',
    explain:
      'A setting of the step names a file that tells of its image. What the step had to do is done all the same, and its output variables say the same things.',
  },
  TAG_KEPT: {
    severity: 'info',
    message: '{target} stays as it is: {reason}',
    explain: 'The registry lets nobody move this tag, and the step says that this is fine (PLUGIN_PUSH_IGNORE_IMMUTABLE_TAG_ERRORS).',
  },
} as const satisfies Record<string, CodeEntry>
