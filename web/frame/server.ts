/** What the server is, and whether it takes orders and knows us. */
import { computed, signal } from '@preact/signals'
import { get } from '../api/client.ts'
import { paths } from '../api/paths.ts'
import type { ServerFacts } from '../api/types.ts'

export const server = signal<ServerFacts | undefined>(undefined)
export const mayWrite = computed(() => server.value?.readOnly === false)
/** It asks for a token. */
export const locked = signal(false)

export async function askServer(): Promise<void> {
  const answer = await get<ServerFacts>(paths.server)
  if (answer.ok) server.value = answer.value
  locked.value = !answer.ok && answer.failure.status === 401
}
