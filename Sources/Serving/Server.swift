public import Explaining
import Foundation

/// A small web server that explains photographs which are sent to it, with a page to do so from.
///
/// It answers on this computer alone, unless told otherwise; then everything is behind a token in its address. It prints nothing and writes no
/// file but networks that are sent, where those are taken: photographs are bytes in memory, read as pictures and as nothing else.
public final class Server: Sendable {
  /// Where it is found: with the port that was chosen, and the token where one is needed.
  public let address: String
  /// The port that it listens on.
  public let port: Int
  /// What must stand first in every path; `nil` on this computer alone.
  public let token: String?
  private let desk: Desk
  private let listener: Listener

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - networks: what people may ask about, the usual one first.
  ///   - folders: photographs that people may look through.
  ///   - accepting: whether networks may be sent, which is for those to decide whose computer it is.
  ///   - host: the address to listen on; one that other computers reach puts a token into the address.
  ///   - port: the port, or 0 for any that is free.
  ///   - catalogue: what can be asked for by name.
  ///   - limits: how much it takes, and for how long.
  /// - Throws: ``ServingError`` where it cannot listen there.
  public init(
    _ networks: [ServedNetwork], folders: [PhotographFolder] = [], accepting: NetworkAcceptance? = nil,
    host: String = "127.0.0.1", port: Int = 8377,
    catalogue: Catalogue = Catalogue(),
    limits: Limits = Limits()
  ) throws(ServingError) {
    guard !networks.isEmpty else { throw ServingError("a server needs a network: name one") }
    let token = Admission.isLoopback(host) ? nil : Admission.newToken()
    let admission = Admission(host: host, token: token)
    let desk = try Desk(networks, folders, accepting: accepting, catalogue: catalogue, limits)
    let clerk = Clerk(admission: admission, router: Router(desk), veil: desk.veil)
    do {
      listener = try Listener(host: host, port: port, limits) { clerk.serve($0, $1) }
    } catch {
      desk.stop()
      throw error
    }
    (self.token, self.desk) = (token, desk)
    self.port = listener.port
    let isEverywhere = ["0.0.0.0", "::", ""].contains(host)
    let name = isEverywhere ? ProcessInfo.processInfo.hostName : host.contains(":") ? "[\(host)]" : host
    address = "http://\(name):\(listener.port)/" + (token.map { $0 + "/" } ?? "")
  }

  /// Ends all work and all connections.
  public func stop() {
    listener.stop()
    desk.stop()
  }

  /// Every address with its method, `*` for the words in it.
  package var addresses: [String] { Router(desk).routes.map { "\($0.method) /" + $0.path.joined(separator: "/") } }

  /// How many requests are worked on and how many wait.
  package var load: (running: Int, waiting: Int) {
    (desk.quick.load.running + desk.thorough.load.running, desk.quick.load.waiting + desk.thorough.load.waiting)
  }
}
