/** Asks for the token of a server that wants one; the browser keeps a cookie in its place. */
import { useSignal } from '@preact/signals'
import { signIn } from '../api/orders.ts'
import { askServer } from './server.ts'

export function SignIn() {
  const wrong = useSignal<string | undefined>(undefined)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const said = await signIn(String(new FormData(event.currentTarget).get('token') ?? '').trim())
    wrong.value = said.ok ? undefined : said.failure.message
    if (said.ok) await askServer()
  }
  return (
    <form class="card sign-in" onSubmit={submit}>
      <h1>This server asks for a token</h1>
      <p class="faint">The one that it was started with.</p>
      <label class="labelled">
        <span>Token</span>
        <input name="token" type="password" autoComplete="current-password" required={true} />
      </label>
      {wrong.value !== undefined && (
        <p class="needed" role="alert">
          {wrong.value}
        </p>
      )}
      <div class="answers">
        <button type="submit" class="primary">
          Go on
        </button>
      </div>
    </form>
  )
}
