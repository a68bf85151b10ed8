/** The agent that lends keys: it signs, it lists, it refuses what it does not have, and it leaves nothing behind. */
import { generateKeyPairSync, verify } from 'node:crypto'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { openKeyAgent } from './key-agent.ts'

/** Agent messages are a length, a number and fields. */
function message(type: number, ...fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from([type]), ...fields])
  return Buffer.concat([length(body), body])
}

function length(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return size
}

const field = (bytes: Buffer): Buffer => Buffer.concat([length(bytes), bytes])

async function ask(socket: string, request: Buffer): Promise<Buffer> {
  const connection = connect(socket)
  connection.write(request)
  let answer = Buffer.alloc(0)
  for await (const chunk of connection as AsyncIterable<Buffer>) {
    answer = Buffer.concat([answer, chunk])
    if (answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE(0)) break
  }
  connection.destroy()
  return answer.subarray(4)
}

it('signs with a key that nobody gets to see', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const agent = await openKeyAgent('deploy', [Buffer.from(privateKey.export({ type: 'pkcs1', format: 'pem' }))])
  try {
    const listed = await ask(agent.socket, message(11))
    expect([listed[0], listed.readUInt32BE(1)]).toEqual([12, 1])
    const blob = listed.subarray(9, 9 + listed.readUInt32BE(5))
    const data = Buffer.from('to be signed')
    const sha256 = Buffer.from([0, 0, 0, 2])
    const signed = await ask(agent.socket, message(13, field(blob), field(data), sha256))
    expect(signed[0]).toBe(14)
    const signature = signed.subarray(5)
    const name = signature.subarray(4, 4 + signature.readUInt32BE(0)).toString()
    const bytes = signature.subarray(8 + name.length)
    expect(name).toBe('rsa-sha2-256')
    expect(verify('sha256', data, publicKey, bytes)).toBe(true)
  } finally {
    await agent.close()
  }
  expect(existsSync(agent.socket)).toBe(false)
})

it('refuses what it does not know, and answers what comes after it', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const agent = await openKeyAgent('deploy', [Buffer.from(privateKey.export({ type: 'pkcs1', format: 'pem' }))])
  const connection = connect(agent.socket)
  try {
    // As ssh begins: it names the session, then asks for keys. In pieces, as a socket may give them.
    const bind = message(27, field(Buffer.from('session-bind@openssh.com')), field(Buffer.alloc(300, 11)))
    for (const piece of [bind.subarray(0, 3), bind.subarray(3, 50), Buffer.concat([bind.subarray(50), message(11)])]) {
      connection.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    let answer = Buffer.alloc(0)
    for await (const chunk of connection as AsyncIterable<Buffer>) {
      answer = Buffer.concat([answer, chunk])
      if (answer.length > 10) break
    }
    expect([...answer.subarray(0, 5)]).toEqual([0, 0, 0, 1, 5])
    expect([answer[9], answer.readUInt32BE(10)]).toEqual([12, 1])
  } finally {
    connection.destroy()
    await agent.close()
  }
})

it('takes a key with a comment behind its last line', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const text = String(privateKey.export({ type: 'pkcs1', format: 'pem' })).trimEnd()
  const agent = await openKeyAgent('deploy', [Buffer.from(`${text} # SSH_KEY is a file secret\n`)])
  expect((await ask(agent.socket, message(11))).readUInt32BE(1)).toBe(1)
  await agent.close()
})

it('says what is wrong with a key, and nothing that is in it', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const locked = privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'p' })
  await expect(openKeyAgent('a', [Buffer.from('hunter2')])).rejects.toThrow('The ssh key or agent "a" cannot be used: it is no private key.')
  await expect(openKeyAgent('a', [Buffer.from(locked)])).rejects.toThrow('it has a passphrase')
  await expect(openKeyAgent('a', [Buffer.from(publicKey.export({ type: 'pkcs1', format: 'pem' }))])).rejects.toThrow('no private key')
})
