import Datasets
import Foundation
import Testing

@Suite struct InOrderTests {
  @Test func `results arrive in order, however long each takes`() throws {
    var (next, delivered) = (0, [Int]())
    try InOrder<Int, Int>.run(
      workers: 4, window: 8,
      next: {
        defer { next += 1 }
        return next < 60 ? next : nil
      },
      work: {
        usleep(UInt32(($0 * 7919) % 11) * 300)
        return 2 * $0
      }
    ) { delivered.append($0) }
    #expect(delivered == (0..<60).map { 2 * $0 })
  }

  @Test func `no more is begun than the window allows beyond what was delivered`() throws {
    var (next, delivered) = (0, 0)
    try InOrder<Int, Int>.run(
      workers: 2, window: 5,
      next: {
        #expect(next - delivered <= 5)
        defer { next += 1 }
        return next < 40 ? next : nil
      }, work: { $0 }
    ) { _ in delivered += 1 }
    #expect(delivered == 40)
  }

  @Test func `the first error in order ends the work after what came before it`() {
    struct Trouble: Error {}
    var (next, delivered) = (0, [Int]())
    #expect(throws: Trouble.self) {
      try InOrder<Int, Int>.run(
        workers: 3, window: 6,
        next: {
          defer { next += 1 }
          return next
        },
        work: {
          if $0 == 9 { throw Trouble() }
          return $0
        }
      ) { delivered.append($0) }
    }
    #expect(delivered == Array(0..<9))
  }
}
