import Foundation
import Testing

@Suite struct InterruptionTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.writePhotograph()
  }

  @Test(arguments: [SIGINT, SIGTERM], [20, 60, 120, 200, 300, 450])
  func `Whenever a run is interrupted, its sheet is there whole or not at all`(signal: Int32, after: Int) throws {
    let process = try Command.start(["compare", "photo.png", "-o", "sheet.pdf"], in: folder)
    usleep(UInt32(after) * 1000)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    let finished = process.terminationReason == .exit && process.terminationStatus == 0
    #expect(finished || process.terminationStatus == signal, "\(process.terminationStatus)")
    if folder.has("sheet.pdf") {
      #expect(try folder.bytes("sheet.pdf").suffix(6).elementsEqual("%%EOF\n".utf8))
      #expect(try folder.contents == ["photo.png", "sheet.pdf"])
    } else {
      #expect(!finished)
      #expect(try folder.contents == ["photo.png"])
    }
  }

  @Test func `An earlier sheet survives a run that fails`() throws {
    try folder.write("earlier", to: "sheet.png")
    let run = try Command.run(["compare", "photo.png", "--target", "zeppelin", "-o", "sheet.png"], in: folder)
    #expect(run.status == 65)
    #expect(try folder.text("sheet.png") == "earlier")
  }

  @Test func `A reader that leaves early does no harm`() throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.currentDirectoryURL = folder.url
    shell.arguments = ["-c", "'\(Command.executable.path)' explain photo.png --json -o map.npy | true"]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    let deadline = Date(timeIntervalSinceNow: 20)
    while !folder.has("map.npy"), Date() < deadline { usleep(50_000) }
    #expect(folder.has("map.npy"))
  }
}
