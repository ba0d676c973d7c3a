import Foundation
import Images

/// An array of Zarr's version 2, written row by row: one file for every few rows, uncompressed, in C order.
///
/// A chunk is what `numpy.fromfile` reads; the last one is filled up with NaN. The same rows make the same bytes. Source:
/// zarr-specs.readthedocs.io/en/latest/v2/v2.0.html.
package final class ZarrArray {
  private let folder: String
  private let numbers: DatasetTask.NumberFormat
  private let attributes: [String: String]
  /// The shape of a row; `nil` until there is one.
  private var rowShape: [Int]?
  private var rows = 0
  private var chunkRows = 1
  private var chunk: [UInt8] = []
  private var chunks = 0

  /// About how many bytes a file has.
  private static let usualChunk = 4 << 20

  package init(_ folder: String, _ numbers: DatasetTask.NumberFormat, attributes: [String: String]) throws {
    (self.folder, self.numbers, self.attributes) = (folder, numbers, attributes)
    try ResultFolder.makeFolder(folder)
  }

  /// Adds a row; `nil`, or one of another shape than those before, is one of NaN; given are the numbers as they
  /// stand in the file, and their shape.
  package func append(_ row: (bytes: ArraySlice<UInt8>, shape: [Int])?) throws {
    if rowShape == nil, let row {
      rowShape = row.shape
      chunkRows = max(1, Self.usualChunk / max(1, rowBytes))
      // Rows without a map that came before the first one.
      let missing = rows
      rows = 0
      for _ in 0..<missing { try append(blank) }
    }
    guard rowShape != nil else {
      rows += 1
      return
    }
    if let row, row.shape == rowShape, row.bytes.count == rowBytes {
      try append(row.bytes)
    } else {
      try append(blank)
    }
  }

  private func append(_ bytes: ArraySlice<UInt8>) throws {
    chunk += bytes
    rows += 1
    if chunk.count == chunkRows * rowBytes { try flush() }
  }

  private var rowBytes: Int { (rowShape ?? []).reduce(numbers.bytes, *) }

  private var blank: ArraySlice<UInt8> {
    let number: [UInt8] = numbers == .float32 ? [0, 0, 0xC0, 0x7F] : [0, 0x7E]
    return Array(repeatElement(number, count: rowBytes / numbers.bytes).joined())[...]
  }

  private func flush() throws {
    while chunk.count < chunkRows * rowBytes { chunk += blank }
    let name = ([chunks] + (rowShape ?? []).map { _ in 0 }).map(String.init).joined(separator: ".")
    try ResultFolder.write(chunk, at: "\(folder)/\(name)")
    chunk.removeAll(keepingCapacity: true)
    chunks += 1
  }

  /// Writes what is left, and what describes the array.
  package func finish() throws {
    if !chunk.isEmpty { try flush() }
    let shape = rowShape ?? [], axes = ["row", "channel", "y", "x"]
    let description: [String: Any] = [
      "zarr_format": 2, "shape": [rows] + shape, "chunks": [chunkRows] + shape, "dtype": numbers.type,
      "compressor": NSNull(), "fill_value": "NaN", "order": "C", "filters": NSNull(),
    ]
    var named: [String: Any] = attributes
    named["_ARRAY_DIMENSIONS"] =
      shape.count <= 3 ? [axes[0]] + axes.suffix(shape.count) : ["row"] + shape.indices.map { "axis\($0)" }
    try ResultFolder.write(Self.json(description), at: "\(folder)/.zarray")
    try ResultFolder.write(Self.json(named), at: "\(folder)/.zattrs")
  }

  static func json(_ value: [String: Any]) throws -> [UInt8] {
    Array(try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes]))
  }
}

/// A group of arrays, one for each method.
final class ZarrStore {
  private let folder: String
  private let results: ResultFolder
  private var arrays: [(method: String, array: ZarrArray)] = []

  init(_ folder: String, _ methods: [String], _ numbers: DatasetTask.NumberFormat, of results: ResultFolder) throws {
    (self.folder, self.results) = (folder, results)
    try ResultFolder.makeFolder(folder)
    for method in methods {
      arrays.append(
        (
          method,
          try ZarrArray("\(folder)/\(MethodFolder.name(of: method))", numbers, attributes: ["method": method])
        ))
    }
  }

  /// Adds what the methods made of a picture and a target, read from where it lies.
  func append(_ target: PictureRecord.Target) throws {
    for (method, array) in arrays {
      let record = target.methods.first { $0.method == method }
      guard let map = record?.map, let shape = record?.grid, let data = results.contents(of: map.file) else {
        try array.append(nil)
        continue
      }
      // The header's length stands in the two bytes after the version.
      let start = 10 + Int(data[data.startIndex + 8]) + Int(data[data.startIndex + 9]) << 8
      try array.append((Array(data)[start...], shape))
    }
  }

  func finish() throws {
    for (_, array) in arrays { try array.finish() }
    try ResultFolder.write(ZarrArray.json(["zarr_format": 2]), at: "\(folder)/.zgroup")
  }
}
