package gtfs

// The bounds of what is read. A national GTFS has some 40,000 routes, 700,000 stops and
// files of 100 MiB; whatever is beyond these is no timetable, or one that nobody can
// mean to have read for the names of a few lines.
const (
	maxArchive = 512 << 20 // bytes of a zip archive
	maxFile    = 256 << 20 // bytes of a text file, unpacked
	maxLine    = 64 << 10  // bytes of a line, and of a row of several lines
	maxLines   = 20        // lines that one row may go over
	maxLeftOut = 20_000    // lines of a file that are of no use
	maxRoutes  = 50_000
	maxStops   = 1_000_000
	maxAgency  = 5_000
	maxColumns = 200
	maxText    = 64 << 20 // bytes of the ids and names of all stops
	maxID      = 255      // bytes of an id
	maxName    = 200      // characters of a name

	// An archive may unpack to maxRatio times its size. Timetables pack to a tenth of
	// theirs, bombs to a thousandth. Small files may do as they like.
	maxRatio = 200
	smallest = 4 << 20

	maxDirectory = 1 << 20 // bytes of an archive's list of files that are looked at
	maxEntries   = 10_000  // files in a folder
	maxDepth     = 3       // of folders within one another
	maxFolders   = 20      // that hold a GTFS each

	maxNotes = 20 // of a reading
)
