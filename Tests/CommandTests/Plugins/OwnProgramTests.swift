import Foundation
import Tensors
import Testing

/// A program that runs the command with a method of its own: `Tests/OwnProgram`, built along with these tests.
@Suite struct OwnProgramTests {
  let folder: Folder
  let program = Command.executable.deletingLastPathComponent().appendingPathComponent("OwnProgram")

  init() throws { folder = try Folder() }

  @Test func `Its method stands beside those built in, and explains`() throws {
    let list = try Command.run(["methods"], in: folder, program: program)
    #expect(list.status == 0, "\(list.errors)")
    #expect(list.output.contains("\ngrad-cam ") && list.output.contains("\ngradient-sign "))
    let run = try Command.run(
      ["explain", "butterfly-and-cup", "--method", "gradient-sign", "-o", "map.npy"], in: folder, program: program)
    #expect(run.status == 0, "\(run.errors)")
    let values = try folder.array("map.npy").scalars
    #expect(Set(values).isSubset(of: [-1, 0, 1]) && values.contains(1) && values.contains(-1))
    #expect(try Command.run(["methods", "gradient-sign"], in: folder).status == 64)
  }

  @Test func `A name added twice is refused in one sentence`() throws {
    let run = try Command.run(["methods", "twice"], in: folder, program: program)
    #expect(run.status == 65)
    #expect(
      run.errors
        == "limn: this program adds a method 'gradient-sign', which it has added before: rename one of them\n")
  }
}
