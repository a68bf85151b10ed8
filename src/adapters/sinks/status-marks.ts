/** One visual language for status, in every text sink. */
import type { NodeStatus } from '../../events/run-view.ts'
import type { Style } from './paint.ts'

export const statusMarks: Readonly<Record<NodeStatus, { readonly mark: string; readonly style: Style; readonly word: string }>> = {
  waiting: { mark: '·', style: 'dim', word: 'waiting' },
  running: { mark: '▸', style: 'info', word: 'running' },
  passed: { mark: '✔', style: 'good', word: 'passed' },
  failed: { mark: '✖', style: 'error', word: 'failed' },
  errored: { mark: '✖', style: 'error', word: 'errored' },
  skipped: { mark: '○', style: 'dim', word: 'skipped' },
  aborted: { mark: '■', style: 'warning', word: 'aborted' },
}
