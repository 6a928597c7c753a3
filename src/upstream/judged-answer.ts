import type { SendOptions } from './sending.ts'
import type { Settle } from './settle.ts'
import type { WireRequest, WireResponse } from './wire-message.ts'

/** Says what an answer or a failure is to the caller. */
export interface Judge {
  /** The answer, or the failure that it is, thrown. */
  accepted(response: WireResponse, request: WireRequest, sending: SendOptions): WireResponse
  refusal(error: unknown, request: WireRequest, sending: SendOptions): unknown
}

/** Has the outcome of a call judged before its caller hears of it. A class, because there is one for each call. */
export class JudgedAnswer implements Settle<WireResponse> {
  private readonly judge: Judge
  private readonly request: WireRequest
  private readonly sending: SendOptions
  private readonly settle: Settle<WireResponse>

  constructor(judge: Judge, request: WireRequest, sending: SendOptions, settle: Settle<WireResponse>) {
    this.judge = judge
    this.request = request
    this.sending = sending
    this.settle = settle
  }

  resolve(response: WireResponse): void {
    try {
      this.settle.resolve(this.judge.accepted(response, this.request, this.sending))
    } catch (error) {
      this.settle.reject(error)
    }
  }

  reject(error: unknown): void {
    this.settle.reject(this.judge.refusal(error, this.request, this.sending))
  }
}
