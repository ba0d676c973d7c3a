import Foundation
import Synchronization

/// Takes connections and gives each a thread of its own, as many as the limits allow.
final class Listener: Sendable {
  /// The port that is listened on, chosen by the system where 0 was asked for.
  let port: Int
  private let socket: Int32
  private let limits: Limits
  private let serve: @Sendable (Connection, _ client: String) -> Void
  private let state = Mutex(State())

  private struct State: Sendable {
    var isStopped = false
    /// How many connections each client has.
    var clients: [String: Int] = [:]
    var count: Int { clients.values.reduce(0, +) }
  }

  /// Listens on a host's port.
  ///
  /// - Throws: ``ServingError`` that says why it cannot.
  init(
    host: String, port: Int, _ limits: Limits, serve: @escaping @Sendable (Connection, _ client: String) -> Void
  ) throws(ServingError) {
    (socket, self.port) = try Self.listening(host, port)
    (self.limits, self.serve) = (limits, serve)
    Thread.detachNewThread { [self] in accept() }
  }

  private static func listening(_ host: String, _ port: Int) throws(ServingError) -> (socket: Int32, port: Int) {
    var hints = addrinfo(), found: UnsafeMutablePointer<addrinfo>?
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    #if os(Linux)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found?.pointee else {
      throw ServingError("there is no address '\(host)' on this computer: give one of its own, such as 0.0.0.0")
    }
    defer { freeaddrinfo(found) }
    let socket = Foundation.socket(address.ai_family, address.ai_socktype, address.ai_protocol)
    guard socket >= 0 else { throw ServingError("cannot open a socket: \(String(cString: strerror(errno)))") }
    var yes: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard bind(socket, address.ai_addr, address.ai_addrlen) == 0, listen(socket, 256) == 0 else {
      let reason = errno
      close(socket)
      throw ServingError(
        reason == EADDRINUSE
          ? "the port \(port) is taken by another program: choose another"
          : reason == EACCES
            ? "the port \(port) may not be used by this user: choose one above 1023"
            : "cannot listen on \(host), port \(port): \(String(cString: strerror(reason)))")
    }
    var name = sockaddr_storage(), length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let isNamed = withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) == 0 }
    }
    return (socket, isNamed ? Peer(name).port : port)
  }

  /// Takes no more connections, and ends those there are.
  func stop() { state.withLock { $0.isStopped = true } }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  private func accept() {
    defer { close(socket) }
    while !isStopped {
      var poll = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard Foundation.poll(&poll, 1, 250) > 0 else { continue }
      var name = sockaddr_storage(), length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let descriptor = withUnsafeMutablePointer(to: &name) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Foundation.accept(socket, $0, &length) }
      }
      guard descriptor >= 0 else {
        // Too many files are open, here or on the whole machine: others may close some.
        usleep(50_000)
        continue
      }
      take(descriptor, Peer(name).host)
    }
  }

  private func take(_ descriptor: Int32, _ client: String) {
    var yes: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    #if !os(Linux)
      setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
    #endif
    let problem: Problem? = state.withLock { state in
      let own = state.clients[client] ?? 0
      if state.count >= limits.connections {
        return Problem(.serviceUnavailable, "the server has too many connections: try again later", retryAfter: 5)
      }
      if own >= limits.connectionsOfOne {
        return Problem(.tooManyRequests, "this computer has too many connections: close some", retryAfter: 5)
      }
      state.clients[client] = own + 1
      return nil
    }
    if let problem {
      // At once or not at all: this thread waits for nobody.
      let response = Response(problem)
      if case .bytes(let bytes) = response.content {
        let all = response.head(closes: true) + bytes
        _ = Foundation.send(descriptor, all, all.count, Connection.sending)
      }
      close(descriptor)
      return
    }
    let thread = Thread { [self] in
      let connection = Connection(descriptor, limits) { [self] in isStopped }
      serve(connection, client)
      close(descriptor)
      state.withLock { state in
        let left = (state.clients[client] ?? 1) - 1
        state.clients[client] = left > 0 ? left : nil
      }
    }
    thread.stackSize = 1 << 20
    thread.start()
  }
}

/// An address with a port, as numbers people read.
private struct Peer {
  let host: String
  let port: Int

  init(_ address: sockaddr_storage) {
    var address = address
    var host = [CChar](repeating: 0, count: 64), port = [CChar](repeating: 0, count: 8)
    let size =
      Int32(address.ss_family) == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getnameinfo(
          $0, socklen_t(size), &host, socklen_t(host.count), &port, socklen_t(port.count),
          NI_NUMERICHOST | NI_NUMERICSERV)
      }
    }
    func text(_ letters: [CChar]) -> String {
      String(decoding: letters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    self.host = text(host)
    self.port = Int(text(port)) ?? 0
  }
}
