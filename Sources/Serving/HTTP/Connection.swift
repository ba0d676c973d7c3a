import Foundation

/// One client's connection, read and written by one thread, with a deadline for everything.
final class Connection {
  private let descriptor: Int32
  private let limits: Limits
  private let isStopped: () -> Bool
  /// What has arrived and is not yet used.
  private var arrived: [UInt8] = []

  init(_ descriptor: Int32, _ limits: Limits, isStopped: @escaping () -> Bool) {
    (self.descriptor, self.limits, self.isStopped) = (descriptor, limits, isStopped)
  }

  /// The connection has ended, or is of no use any longer.
  struct Ended: Error {}

  // MARK: Reading

  /// The next request's head; `nil` where none comes.
  func readHead() throws -> RequestHead? {
    // Between requests a client may take its time; once it has begun one, it may not.
    if arrived.isEmpty, !(try fill(until: .now + .seconds(limits.idleSeconds))) { return nil }
    let deadline = ContinuousClock.now + .seconds(limits.headSeconds)
    var searched = 0
    while true {
      if let end = headEnd(from: searched) {
        let head = Array(arrived[..<end])
        arrived.removeFirst(end + 4)
        return try RequestHead(parsing: head)
      }
      guard arrived.count <= limits.headBytes else {
        throw Problem(
          .headerFieldsTooLarge, "what comes before a request's body may have \(limits.headBytes) bytes at most")
      }
      searched = max(0, arrived.count - 3)
      guard try fill(until: deadline) else {
        throw Problem(.requestTimeout, "the request did not arrive within \(Int(limits.headSeconds)) seconds")
      }
    }
  }

  /// Where the empty line begins that ends a head.
  private func headEnd(from start: Int) -> Int? {
    let end: [UInt8] = [13, 10, 13, 10]
    guard arrived.count >= start + 4 else { return nil }
    return (start...(min(arrived.count, limits.headBytes + 4) - 4)).first { arrived[$0...].starts(with: end) }
  }

  /// A request's body.
  func readBody(_ length: Int) throws -> [UInt8] {
    let deadline = ContinuousClock.now + .seconds(limits.bodySeconds)
    while arrived.count < length {
      guard try fill(until: deadline) else {
        throw Problem(.requestTimeout, "the body did not arrive within \(Int(limits.bodySeconds)) seconds")
      }
    }
    let body = Array(arrived[..<length])
    arrived.removeFirst(length)
    return body
  }

  /// A request's body in pieces as they arrive, for what is too large to be held.
  func readBody(_ length: Int, into use: ([UInt8]) throws -> Void) throws {
    // A megabyte a second is asked for beyond what every body may take.
    let deadline = ContinuousClock.now + .seconds(limits.bodySeconds + Double(length) / 1e6)
    var left = length
    while left > 0 {
      if arrived.isEmpty, !(try fill(until: min(deadline, .now + .seconds(limits.stallSeconds)))) {
        throw Problem(.requestTimeout, "the body did not arrive in time")
      }
      let piece = Array(arrived.prefix(left))
      arrived.removeFirst(piece.count)
      left -= piece.count
      try use(piece)
    }
  }

  /// Reads what there is; `false` where nothing came in time.
  private func fill(until deadline: ContinuousClock.Instant) throws -> Bool {
    guard try wait(for: POLLIN, until: deadline) else { return false }
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &piece, piece.count, 0)
    guard count > 0 else {
      if count < 0, errno == EINTR || errno == EAGAIN { return true }
      throw Ended()
    }
    arrived += piece[..<count]
    return true
  }

  /// Whether the socket became ready in time.
  private func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws -> Bool {
    while true {
      if isStopped() { throw Ended() }
      let left = deadline - .now
      guard left > .zero else { return false }
      var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      // Woken now and then to see whether the server goes on.
      let milliseconds = min(left / .milliseconds(1), 500).rounded(.up)
      let count = Foundation.poll(&poll, 1, Int32(milliseconds))
      if count > 0 { return true }
      if count < 0, errno != EINTR { throw Ended() }
    }
  }

  /// Whether the other side has closed the connection: nobody waits for the answer.
  var isAbandoned: Bool {
    if isStopped() { return true }
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard Foundation.poll(&poll, 1, 0) > 0 else { return false }
    if poll.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return true }
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) == 0
  }

  // MARK: Writing

  /// Sends all of it.
  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard try wait(for: POLLOUT, until: .now + .seconds(limits.stallSeconds)) else { throw Ended() }
      let count = rest.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Self.sending) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR, errno != EAGAIN { throw Ended() }
    }
  }

  #if os(Linux)
    static let sending = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
  #else
    static let sending = Int32(MSG_DONTWAIT)
  #endif

  /// Sends an answer, its content left out where only the head was asked for.
  func send(_ response: Response, closes: Bool, isHeadOnly: Bool = false) throws {
    switch response.content {
    case .bytes(let bytes): try write(response.head(closes: closes) + (isHeadOnly ? [] : bytes))
    case .lines(let make):
      try write(response.head(closes: closes))
      if isHeadOnly { return }
      try make { line in
        try write(Array("\(String(line.count, radix: 16))\r\n".utf8) + line + [13, 10])
      }
      try write(Array("0\r\n\r\n".utf8))
    }
  }

  /// Ends the connection so that an answer arrives although something of the request was not read.
  func lingerAndClose() {
    shutdown(descriptor, Int32(SHUT_WR))
    var rest = 4_000_000
    let deadline = ContinuousClock.now + .seconds(2)
    while rest > 0, (try? fill(until: deadline)) == true {
      rest -= arrived.count
      arrived = []
    }
  }
}
