import CHDF5
import Synchronization

/// The HDF5 library, which as Debian builds it must not be called by two threads at once.
package enum HDF5Library {
  private static let turn = Mutex(())

  /// Runs `body` while nobody else calls the library; whatever it opens must be closed when it returns.
  package static func exclusively<R: Sendable, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    try turn.withLock { (_) throws(E) -> R in
      limn_hdf5_prepare()
      return try body()
    }
  }
}

/// Something of the library's that is open; closed with its last use.
final class HDF5Handle {
  let id: hid_t
  private let close: (hid_t) -> herr_t

  /// `nil` where opening failed.
  init?(_ id: hid_t, closing close: @escaping (hid_t) -> herr_t) {
    guard id >= 0 else { return nil }
    self.id = id
    self.close = close
  }

  deinit { _ = close(id) }
}
