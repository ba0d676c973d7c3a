import Explaining
import Images
import Synchronization

/// Photographs that were sent, each under a number nobody can guess; the oldest go where there are too many.
final class Photographs: Sendable {
  private let limits: Limits
  private let kept = Mutex<[Photograph]>([])

  /// A photograph as it was sent: bytes, which are read as a picture and as nothing else.
  struct Photograph: Sendable {
    let number: String
    let name: String
    let bytes: [UInt8]

    func picture(pixelLimit: Int) -> Picture {
      Picture(named: name) { try Raster(decoding: bytes, named: name, pixelLimit: pixelLimit) }
    }
  }

  init(_ limits: Limits) { self.limits = limits }

  func add(_ bytes: [UInt8], named name: String) -> Photograph {
    let photograph = Photograph(number: Admission.newToken(), name: name, bytes: bytes)
    kept.withLock { kept in
      kept.append(photograph)
      var size = kept.reduce(0) { $0 + $1.bytes.count }
      while kept.count > limits.photographs || kept.count > 1 && size > limits.photographsBytes {
        size -= kept.removeFirst().bytes.count
      }
    }
    return photograph
  }

  /// The photograph of this number, which is then the latest.
  ///
  /// - Throws: ``Problem`` where there is none.
  subscript(number: String) -> Photograph {
    get throws(Problem) {
      let found = kept.withLock { kept -> Photograph? in
        guard let index = kept.firstIndex(where: { $0.number == number }) else { return nil }
        let photograph = kept.remove(at: index)
        kept.append(photograph)
        return photograph
      }
      guard let found else { throw Problem(.notFound, "this photograph is not here any longer: send it again") }
      return found
    }
  }

  func remove(_ number: String) { kept.withLock { kept in kept.removeAll { $0.number == number } } }

  /// A name without folders and letters that no name needs.
  static func name(_ given: String?) -> String {
    let last = (given ?? "").split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
    let name = last.filter {
      !$0.unicodeScalars.contains {
        $0.properties.generalCategory == .control || $0.properties.generalCategory == .format
      }
    }
    return name.isEmpty || name == "." || name == ".." ? "photograph" : String(name.prefix(120))
  }
}
