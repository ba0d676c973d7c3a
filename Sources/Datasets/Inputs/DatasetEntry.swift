package import Explaining
import Foundation
package import Images

/// One picture of a data set: where it lies, and what is asked about it alone.
package struct DatasetEntry: Sendable {
  /// Its place in the whole set, from 0.
  package var index = 0
  /// What it is called: the path as it was given, `shard.tar/0001.jpg`, `images.npy[12]`.
  package let name: String
  let place: Place
  package var columns = Columns()

  enum Place: Sendable {
    case file(String)
    /// Some bytes of an archive that is not compressed.
    case part(of: String, offset: Int, count: Int)
    case row(NumPyStack, Int)
    /// A file held in memory: a member of a `.npz`.
    case bytes([UInt8])
    /// What names no picture, with the reason.
    case unusable(String)
  }

  /// What a list says of a picture beside its name.
  package struct Columns: Sendable, Equatable {
    /// What is explained, instead of what the command line says.
    package var target: String?
    /// Where the object is: `left,top,right,bottom` in pixels.
    package var box: String?
    /// The same as a picture, light inside.
    package var mask: String?

    /// What is said, of which nothing need be.
    package init(target: String? = nil, box: String? = nil, mask: String? = nil) {
      (self.target, self.box, self.mask) = (target, box, mask)
    }
  }
}

extension DatasetEntry {
  /// Its bytes, by which results are named.
  package func bytes() throws(ImageError) -> [UInt8] {
    switch place {
    case .file(let path): try fileBytes(at: path)
    case .part(let path, let offset, let count):
      try NumPyStack.bytes(of: path, from: offset, count: count, atMost: false)
    case .row(let stack, let row): try stack.bytes(ofRow: row)
    case .bytes(let bytes): bytes
    case .unusable(let reason): throw .unreadable(path: name, reason: reason)
    }
  }

  /// The picture itself.
  ///
  /// - Throws: `ImageError` where it cannot be read.
  package func decoded(pixelLimit: Int = Raster.defaultPixelLimit) throws -> Picture {
    try picture(bytes(), pixelLimit: pixelLimit)
  }

  /// The picture in its bytes.
  func picture(_ bytes: [UInt8], pixelLimit: Int) throws -> Picture {
    if case .row(let stack, _) = place {
      switch stack.row(bytes) {
      case .photograph(let raster): return Picture(raster, named: name)
      case .array(let tensor): return Picture(tensor, named: name)
      }
    }
    if isArray { return Picture(try NumPyFile.decode(bytes, named: name), named: name) }
    return Picture(try Raster(decoding: bytes, named: name, pixelLimit: pixelLimit), named: name)
  }

  /// What the bytes alone do not say of the picture.
  var form: String {
    guard case .row(let stack, _) = place else { return isArray ? "array" : "file" }
    return "row \(stack.rowShape) \(stack.holdsPhotographs)"
  }

  /// Whether it is the network's input itself.
  package var isArray: Bool {
    switch place {
    case .row(let stack, _): !stack.holdsPhotographs
    default: name.lowercased().hasSuffix(".npy")
    }
  }
}
