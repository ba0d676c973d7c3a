import Datasets
import Foundation
import Images
import Tensors
import Testing

@Suite struct ZarrTests {
  @Test func `a store holds the maps row by row as its standard has them`() throws {
    let scratch = try Scratch(), photos = try scratch.writePictures(3)
    let task = try demoTask(saves: [.zarr])
    let lines = try explain([photos], by: task, into: "\(scratch.path)/out").lines
    let store = "\(scratch.path)/out/maps.zarr"
    struct Description: Decodable {
      let format: Int, shape: [Int], chunks: [Int], dtype: String, order: String
      enum CodingKeys: String, CodingKey { case format = "zarr_format", shape, chunks, dtype, order }
    }
    let data = try #require(FileManager.default.contents(atPath: "\(store)/grad-cam/.zarray"))
    let description = try JSONDecoder().decode(Description.self, from: data)
    #expect(description.format == 2 && description.shape[0] == 3 && description.dtype == "<f4")
    let area = description.shape[1] * description.shape[2]
    let chunk = try #require(FileManager.default.contents(atPath: "\(store)/grad-cam/0.0.0"))
    #expect(chunk.count == description.chunks.reduce(4, *))
    for (row, line) in lines.enumerated() {
      guard case .explained(let record, _, _) = line.outcome else { continue }
      let map = try NumPyFile.read(contentsOf: "\(scratch.path)/out/\(record.targets[0].methods[0].map!.file)")
      let stored = chunk.dropFirst(4 * area * row).prefix(4 * area)
      #expect(Array(stored) == Array(NumPyFile.data(map).suffix(4 * area)))
    }
    #expect(FileManager.default.fileExists(atPath: "\(store)/.zgroup"))
  }

  @Test func `rows without a map are not a number, also before the first and at the end`() throws {
    let scratch = try Scratch()
    let array = try ZarrArray("\(scratch.path)/a", .float32, attributes: ["method": "cam"])
    try array.append(nil)
    try array.append(([0, 0, 0x80, 0x3F, 0, 0, 0, 0x40], [1, 2]))
    try array.append(([0, 0, 0x80, 0x3F], [1, 1]))
    try array.finish()
    let chunk = try #require(FileManager.default.contents(atPath: "\(scratch.path)/a/0.0.0"))
    let values = chunk.withUnsafeBytes { bytes in
      (0..<8).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    #expect(values[0].isNaN && values[1].isNaN && values[2] == 1 && values[3] == 2)
    #expect(values[4...].allSatisfy { $0.isNaN })
  }
}
