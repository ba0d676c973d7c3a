import Datasets
import Explaining
import Images
import Foundation
import Testing

@Suite struct MergeTests {
  @Test(arguments: [true, false]) func `shards come to what one run writes, byte for byte`(share: Bool) throws {
    let scratch = try Scratch(), photos = try scratch.writePictures(11)
    try scratch.write([1, 2], "photos/0/broken.png")
    let task = try demoTask(metrics: "sparseness, complexity", saves: [.npy, .zarr, .report])
    try explain([photos], by: task, into: "\(scratch.path)/one")
    let folders = (0..<3).map { share ? "\(scratch.path)/parts" : "\(scratch.path)/parts-\($0)" }
    var told = 0
    for index in 0..<3 {
      told += try explain([photos], by: task, into: folders[index], shard: Shard(index, of: 3)).lines.count
    }
    #expect(told == 12)
    let output = share ? folders[0] : "\(scratch.path)/joined"
    let manifest = try DatasetMerge(share ? [folders[0]] : folders, output: output).join(in: Catalogue())
    #expect(manifest.pictures == 12 && manifest.unusable == 1)
    let merged = try scratch.contents(of: share ? "parts" : "joined").filter { !$0.key.hasPrefix("shards") }
    #expect(try scratch.contents(of: "one") == merged)
  }

  @Test func `a shard that is missing, of another set or of other settings is named`() throws {
    let scratch = try Scratch(), photos = try scratch.writePictures(6), output = "\(scratch.path)/out"
    let nowhere = #expect(throws: ExplainingError.self) { try DatasetMerge([output], output: output) }
    #expect(nowhere?.fault == .missingInput)
    try explain([photos], by: demoTask(), into: output, shard: Shard(0, of: 2))
    let missing = #expect(throws: IncompleteSet.self) { try DatasetMerge([output], output: output) }
    #expect(missing?.description == "1 of 2 shards are not finished: 1")
    try explain([photos], by: demoTask(identity: ["other"]), into: output, shard: Shard(1, of: 2))
    let other = #expect(throws: ExplainingError.self) { try DatasetMerge([output], output: output) }
    #expect(other?.description.contains("another network, other methods or settings") == true)
    try scratch.write(Scratch.picture(77).pngData(), "photos/0/more.png")
    try explain([photos], by: demoTask(), into: output, shard: Shard(1, of: 2))
    let grown = #expect(throws: ExplainingError.self) { try DatasetMerge([output], output: output) }
    #expect(grown?.description.contains("7 pictures") == true)
  }

  @Test func `every picture is in one shard, and more pictures move none`() throws {
    let names = (0..<500).map { "photos/\($0).jpg" }
    let shards = (0..<7).map { index in names.filter { Shard(index, of: 7).holds($0) } }
    #expect(shards.reduce([], +).sorted() == names.sorted())
    #expect(shards.allSatisfy { (40...110).contains($0.count) })
  }

  @Test func `schedulers tell the shard`() throws {
    #expect(try Shard("0/1") == Shard(0, of: 1))
    for text in ["1/1", "-1/2", "1", "a/b", "1/2/3", ""] { #expect(throws: ExplainingError.self) { try Shard(text) } }
    #expect(try Shard(environment: [:]) == nil)
    let slurm = [
      "SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "8", "SLURM_ARRAY_TASK_MIN": "1",
      "SLURM_ARRAY_TASK_MAX": "8",
    ]
    #expect(try Shard(environment: slurm) == Shard(4, of: 8))
    #expect(try Shard(environment: slurm.merging(["LIMN_SHARDS": "20"]) { $1 }) == Shard(5, of: 20))
    // Tasks 3 and 7 run again: eight shards cannot be told from two.
    let rerun = [
      "SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "1",
      "SLURM_ARRAY_TASK_MAX": "8",
    ]
    #expect(throws: ExplainingError.self) { try Shard(environment: rerun) }
    #expect(try Shard(environment: ["JOB_COMPLETION_INDEX": "2", "LIMN_SHARDS": "4"]) == Shard(2, of: 4))
    #expect(throws: ExplainingError.self) { try Shard(environment: ["JOB_COMPLETION_INDEX": "2"]) }
    #expect(throws: ExplainingError.self) { try Shard(environment: ["JOB_COMPLETION_INDEX": "4", "LIMN_SHARDS": "4"]) }
  }
}
