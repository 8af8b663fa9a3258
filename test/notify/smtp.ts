import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'

export interface Mail {
  from: string
  to: string[]
  data: string
}

/** A mail server at the network's edge: takes mail, or answers a recipient as it is told. */
export class MailServer {
  readonly mails: Mail[] = []
  /** What `RCPT TO` is answered; 250 takes it. */
  answer = '250 ok'
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket))
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    let mail: Mail = { from: '', to: [], data: '' }
    let inData = false
    let rest = ''
    const say = (line: string) => socket.write(`${line}\r\n`)
    say('220 test')
    socket.on('data', (chunk) => {
      rest += chunk.toString('utf8')
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (inData) {
          if (line !== '.') mail.data += `${line}\n`
          else {
            inData = false
            this.mails.push(mail)
            mail = { from: '', to: [], data: '' }
            say('250 taken')
          }
        } else if (/^EHLO/i.test(line)) say('250 test')
        else if (/^MAIL FROM/i.test(line)) {
          mail.from = line
          say('250 ok')
        } else if (/^RCPT TO/i.test(line)) {
          if (this.answer.startsWith('250')) mail.to.push(/<(.*)>/.exec(line)?.[1] ?? '')
          say(this.answer)
        } else if (/^DATA/i.test(line)) {
          inData = true
          say('354 go on')
        } else if (/^QUIT/i.test(line)) {
          say('221 bye')
          socket.end()
        } else say('250 ok')
      }
    })
  }
}
