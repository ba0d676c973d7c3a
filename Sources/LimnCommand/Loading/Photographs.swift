import Images
import Synchronization

/// The photographs of a command, in order, each decoded while the network is busy with what comes before it.
final class Photographs: Sendable {
  /// `nil` for what is no photograph.
  private let paths: [String?]
  private let workers: Workers
  private let underway = Mutex<[Int: Ahead<Raster>]>([:])

  init(workers: Workers, _ paths: [String?]) { (self.workers, self.paths) = (workers, paths) }

  /// Starts to decode a photograph, unless that has begun.
  func begin(_ position: Int) {
    guard paths.indices.contains(position), let path = paths[position] else { return }
    underway.withLock { if $0[position] == nil { $0[position] = Ahead(by: workers) { try Raster(contentsOf: path) } } }
  }

  /// A photograph, which is then forgotten; the next is begun.
  func raster(_ position: Int) throws -> Raster? {
    begin(position)
    defer { begin(position + 1) }
    return try underway.withLock { $0.removeValue(forKey: position) }?.get()
  }
}
