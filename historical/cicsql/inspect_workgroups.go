package cicsql

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// workgroups checks the names of the query against all that the database ever wrote or has configured.
func (in *inspection) workgroups(ctx context.Context, queues, members *view) {
	spelled := make(map[string][]string) // by folded name, as the database spells them
	add := func(list []string) {
		for _, name := range list {
			key := foldName(name)
			if !slices.Contains(spelled[key], name) {
				spelled[key] = append(spelled[key], name)
			}
		}
	}
	for _, source := range []struct {
		v      *view
		column string
	}{{queues, colName}, {members, colMember}} {
		if source.v == nil {
			continue
		}
		list, err := in.r.distinct(ctx, source.v, source.column)
		if err != nil {
			in.problem(err)
			return
		}
		// The statistics say how the rows will be spelled; membership only adds what has none.
		if source.v == members {
			list = slices.DeleteFunc(list, func(name string) bool { return len(spelled[foldName(name)]) > 0 })
		}
		add(list)
	}
	if queues == nil && members == nil {
		in.note("the workgroups could not be checked: neither %s nor %s can be read", in.r.opts.QueueView, in.r.opts.MembersTable)
		return
	}
	for _, w := range in.rd.query.Workgroups {
		list, ok := spelled[foldName(string(w))]
		if !ok {
			in.problem(wfm.Problem{Field: "workgroup", Value: string(w), Reason: "is not in the reporting database", Remedy: nearest(string(w), spelled)})
			continue
		}
		for _, name := range list {
			in.out.Workgroups = append(in.out.Workgroups, wfm.Workgroup(name))
		}
	}
	slices.Sort(in.out.Workgroups)
	in.out.Workgroups = slices.Compact(in.out.Workgroups)
}

// distinct reads the values of a name column.
func (r *Reader) distinct(ctx context.Context, v *view, column string) ([]string, error) {
	s := r.statement()
	s.add("SELECT DISTINCT ", v.col(column), " FROM ", v.table, " WHERE ", v.col(column), " IS NOT NULL")
	r.site(s, v)
	list, err := r.texts(ctx, "list the workgroups of "+v.name, s)
	slices.Sort(list)
	return list, err
}

// nearest names the three known workgroups that are spelled most like one that is not known.
func nearest(name string, known map[string][]string) string {
	type candidate struct {
		name     string
		distance int
	}
	var list []candidate
	for key, spelled := range known {
		list = append(list, candidate{spelled[0], editDistance(foldName(name), key)})
	}
	if len(list) == 0 {
		return "the database knows no workgroup at all; check Database and Schema"
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	var quoted []string
	for _, c := range list[:min(3, len(list))] {
		quoted = append(quoted, wfm.Quote(c.name))
	}
	return fmt.Sprintf("use a name of CIC, such as %s", strings.Join(quoted, ", "))
}

// editDistance is the Levenshtein distance in runes, of the first 100 of each.
func editDistance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	ra, rb = ra[:min(len(ra), 100)], rb[:min(len(rb), 100)]
	row := make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range ra {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range rb {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(rb)]
}
