import CHDF5
import Foundation
import KerasImport
import Testing

/// An array to be written, with what is unusual about it.
struct StoredArray {
  enum Kind { case float32, float64, compressed, bfloat16, declaredOnly }

  var shape: [Int]
  var scalars: [Float]
  var kind = Kind.float32
}

/// Writes small HDF5 files for the tests, through the library that reads them.
struct HDF5Writer {
  private let file: hid_t

  /// The bytes of a file that `body` fills.
  static func file(_ body: (HDF5Writer) throws -> Void) throws -> Data {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".h5").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try HDF5Library.exclusively {
      // 2: an existing file is emptied.
      let file = H5Fcreate(path, 2, limn_hdf5_default, limn_hdf5_default)
      try #require(file >= 0)
      do {
        try body(HDF5Writer(file: file))
      } catch {
        H5Fclose(file)
        throw error
      }
      H5Fclose(file)
      return try Data(contentsOf: URL(fileURLWithPath: path))
    }
  }

  /// Makes the groups of a path and hands over the innermost.
  private func inGroup<R>(_ path: [Substring], _ body: (hid_t) throws -> R) throws -> R {
    var opened: [hid_t] = []
    defer { for group in opened.reversed() { H5Gclose(group) } }
    for part in path {
      let parent = opened.last ?? file
      let exists = H5Lexists(parent, String(part), limn_hdf5_default) > 0
      let group =
        exists
        ? H5Gopen2(parent, String(part), limn_hdf5_default)
        : H5Gcreate2(parent, String(part), limn_hdf5_default, limn_hdf5_default, limn_hdf5_default)
      try #require(group >= 0)
      opened.append(group)
    }
    return try body(opened.last ?? file)
  }

  func group(_ path: String) throws { try inGroup(path.split(separator: "/")) { _ in } }

  func array(_ path: String, _ array: StoredArray) throws {
    let parts = path.split(separator: "/")
    try inGroup(parts.dropLast()) { group in
      let extents = array.shape.map { hsize_t($0) }
      let space = extents.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(extents.count), extents, nil)
      let creation = H5Pcreate(limn_hdf5_creating_datasets())
      defer {
        H5Sclose(space)
        H5Pclose(creation)
      }
      if array.kind == .compressed || array.kind == .declaredOnly {
        H5Pset_chunk(creation, Int32(extents.count), extents.map { min($0, 3) })
        H5Pset_deflate(creation, 6)
      }
      let type =
        array.kind == .bfloat16 ? limn_hdf5_uint16() : array.kind == .float64 ? limn_hdf5_double() : limn_hdf5_float()
      let name = String(parts.last ?? "")
      let dataset = H5Dcreate2(group, name, type, space, limn_hdf5_default, creation, limn_hdf5_default)
      try #require(dataset >= 0)
      defer { H5Dclose(dataset) }
      switch array.kind {
      case .declaredOnly: break
      case .bfloat16:
        try attribute("dtype", ["bfloat16"], of: dataset)
        let halves = array.scalars.map { UInt16($0.bitPattern >> 16) }
        try #require(H5Dwrite(dataset, type, 0, 0, limn_hdf5_default, halves) >= 0)
      case .float32, .float64, .compressed:
        try #require(H5Dwrite(dataset, limn_hdf5_float(), 0, 0, limn_hdf5_default, array.scalars) >= 0)
      }
    }
  }

  /// Strings of a fixed length, as h5py writes lists; one alone is a scalar of variable length.
  func strings(_ path: String, _ name: String, _ strings: [String], isScalar: Bool = false) throws {
    try inGroup(path.split(separator: "/")) { try attribute(name, strings, of: $0, isScalar: isScalar) }
  }

  private func attribute(_ name: String, _ strings: [String], of object: hid_t, isScalar: Bool = true) throws {
    let type = H5Tcopy(limn_hdf5_c_string())
    let space = isScalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, [hsize_t(strings.count)], nil)
    defer {
      H5Tclose(type)
      H5Sclose(space)
    }
    let width = (strings.map(\.utf8.count).max() ?? 0) + 1
    H5Tset_size(type, isScalar ? limn_hdf5_variable() : width)
    let attribute = H5Acreate2(object, name, type, space, limn_hdf5_default, limn_hdf5_default)
    try #require(attribute >= 0)
    defer { H5Aclose(attribute) }
    if isScalar {
      try strings[0].withCString { text in
        var pointer: UnsafePointer<CChar>? = text
        try #require(H5Awrite(attribute, type, &pointer) >= 0)
      }
    } else {
      let bytes = strings.flatMap { Array($0.utf8) + [UInt8](repeating: 0, count: width - $0.utf8.count) }
      try #require(H5Awrite(attribute, type, bytes) >= 0)
    }
  }

  /// A link to another name in this file, or to a name in another file.
  func link(_ path: String, to target: String, in otherFile: String? = nil) throws {
    let parts = path.split(separator: "/")
    try inGroup(parts.dropLast()) { group in
      let name = String(parts.last ?? "")
      let made =
        otherFile.map { H5Lcreate_external($0, target, group, name, limn_hdf5_default, limn_hdf5_default) }
        ?? H5Lcreate_soft(target, group, name, limn_hdf5_default, limn_hdf5_default)
      try #require(made >= 0)
    }
  }
}
